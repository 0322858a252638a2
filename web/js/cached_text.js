// How does a node show its text again when its result comes from ComfyUI's cache, as after the page is reloaded?
import { app } from "../../../scripts/app.js";
import { api } from "../../../scripts/api.js";
import { hasText } from "./shown_text.js";

const RUNS_TO_SEARCH = 64;

/** Fetch the text of cached nodes of these types from the history: ComfyUI sends it only when a node runs. */
export function showCachedTexts(types) {
  api.addEventListener("execution_cached", async ({ detail }) => {
    const silent = (detail?.nodes ?? [])
      .map((id) => app.graph.getNodeById(id))
      .filter((node) => node && types.has(node.type) && !hasText(node));
    if (silent.length === 0) return;
    const [{ output: prompt }, runs] = await Promise.all([app.graphToPrompt(), pastRuns()]);
    for (const node of silent) {
      const run = runs.find(
        (one) => one.outputs?.[node.id]?.text && sameOrigin(String(node.id), prompt, one.prompt?.[2] ?? {}),
      );
      if (run) node.onExecuted(run.outputs[node.id]);
    }
  });
}

async function pastRuns() {
  const response = await api.fetchApi(`/history?max_items=${RUNS_TO_SEARCH}`);
  return Object.values(await response.json()).reverse();
}

/** Tell whether a node, and all that leads to it, is the same in two prompts. */
function sameOrigin(id, prompt, other) {
  const [node, past] = [prompt[id], other[id]];
  if (!node || !past || node.class_type !== past.class_type) return false;
  const names = Object.keys(node.inputs);
  if (names.length !== Object.keys(past.inputs).length) return false;
  return names.every((name) => {
    const [value, before] = [node.inputs[name], past.inputs[name]];
    if (JSON.stringify(value) !== JSON.stringify(before)) return false;
    return !Array.isArray(value) || sameOrigin(value[0], prompt, other);
  });
}
