// When can nodes that the page makes anew be completed, as after undo, on another tab, on a reloaded page?
import { app } from "../../../scripts/app.js";

// The page gives a tab's outputs back, and lays Nodes 2.0 out, after it has told packs that the graph is there.
const TRIES = [0, 300, 1500]; // milliseconds

/** Do something with every node, now and again a little later. */
export function completeNewNodes(complete) {
  for (const delay of TRIES) setTimeout(() => allNodes().forEach(complete), delay);
}

function allNodes() {
  const root = app.rootGraph ?? app.graph;
  const graphs = [root, ...(root?.subgraphs?.values() ?? [])];
  return graphs.flatMap((graph) => graph?._nodes ?? []);
}
