// What would a node give with other settings? The core says, without a run: its rules are the only ones.
import { api } from "../../../scripts/api.js";
import { message } from "./messages.js";

/** Return what a run would give for one picture; throws an Error with the core's own words. */
export async function preview(asked) {
  const response = await api.fetchApi("/joytag/preview", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(asked),
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok || !answer) throw new Error(answer?.error ?? message("no_preview"));
  return answer;
}
