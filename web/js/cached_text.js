// How does a node show its text again when its result comes from ComfyUI's cache, as after the page is reloaded?
import { app } from "../../../scripts/app.js";
import { api } from "../../../scripts/api.js";
import { hasText } from "./shown_text.js";

const RUNS_TO_SEARCH = 64;

/** Fetch the text of cached nodes of these types from the history: ComfyUI sends it only when a node runs. */
export function showCachedTexts(types) {
  api.addEventListener("execution_cached", async ({ detail }) => {
    const silent = (detail?.nodes ?? [])
      .map((id) => [String(id), nodeAt(String(id))])
      .filter(([, node]) => node && types.has(node.type) && !hasText(node));
    if (silent.length === 0) return;
    const [{ output: prompt }, runs] = await Promise.all([app.graphToPrompt(), pastRuns()]);
    for (const [id, node] of silent) {
      const output = runs.map((run) => outputOf(id, prompt, run)).find(Boolean);
      if (output) node.onExecuted(output);
    }
  });
}

/** Return what the same node, under whatever id, sent in a past run; undefined where it did not run. */
function outputOf(id, prompt, { outputs = {}, prompt: past }) {
  const same = Object.keys(outputs).find((one) => outputs[one].text && sameOrigin(id, prompt, one, past?.[2] ?? {}));
  return outputs[same];
}

/** Return the node of an id as ComfyUI's prompts write it: `12:5` is the node 5 in the subgraph that is node 12. */
function nodeAt(id) {
  let [graph, node] = [app.rootGraph ?? app.graph];
  for (const part of id.split(":")) {
    node = graph?.getNodeById(part);
    graph = node?.subgraph;
  }
  return node;
}

async function pastRuns() {
  const response = await api.fetchApi(`/history?max_items=${RUNS_TO_SEARCH}`);
  return Object.values(await response.json()).reverse();
}

/** Tell whether a node, and all that leads to it, is the same in two prompts; ComfyUI's cache does not look at ids. */
function sameOrigin(id, prompt, otherId, other) {
  const [node, past] = [prompt[id], other[otherId]];
  if (!node || !past || node.class_type !== past.class_type) return false;
  const names = Object.keys(node.inputs);
  if (names.length !== Object.keys(past.inputs).length) return false;
  return names.every((name) => {
    const [value, before] = [node.inputs[name], past.inputs[name]];
    if (!isLink(value) || !isLink(before)) return JSON.stringify(value) === JSON.stringify(before);
    return value[1] === before[1] && sameOrigin(value[0], prompt, before[0], other);
  });
}

function isLink(value) {
  return Array.isArray(value);
}
