// What did a node's last run send, where the page still knows? The page's own memory knows until a reload, ours after.
import { app } from "../../../scripts/app.js";

const PREFIX = "joytag:";
const picked = new Map();
const NO_ID = /^[0-]*$/; // a graph that no file has named yet

/** Remember what a node's run sent, for as long as the browser's tab is open. */
export function rememberOutput(node, output) {
  const [key] = keys();
  if (!key) return;
  const remembered = { ...output, type: node.type };
  // Where the storage is full, the texts alone take the place of all that was there.
  if (store(key, { ...stored(key), [placeOf(node)]: remembered })) return;
  forgetAll();
  store(key, { [placeOf(node)]: { ...remembered, joytag: undefined } });
}

/** Return what a node's last run sent; undefined where nobody knows. */
export function lastOutput(node) {
  const place = placeOf(node);
  const known = app.nodeOutputs?.[place];
  if (known?.text) return known;
  return keys()
    .map((key) => stored(key)[place])
    .find((remembered) => remembered?.type === node.type);
}

/** Remember which of its pictures a node shows: what undo makes anew shows the same. */
export function rememberPicked(node, place) {
  picked.set(pickedKey(node), place);
}

/** Return which of its pictures a node showed last, the first if none was chosen. */
export function lastPicked(node) {
  return picked.get(pickedKey(node)) ?? 0;
}

function pickedKey(node) {
  return `${keys()[0]} ${placeOf(node)}`;
}

function rootGraph() {
  return app.rootGraph ?? app.graph;
}

/** Return where a graph's outputs may be kept, likeliest first: a graph without an id goes by the name of its tab. */
function keys() {
  const id = rootGraph()?.id ?? "";
  const name = app.extensionManager?.workflow?.activeWorkflow?.path;
  return (NO_ID.test(id) ? [name] : [id, name]).filter(Boolean).map((one) => PREFIX + one);
}

/** Return a node's place as the page writes it: its id, in a subgraph behind that graph's. */
function placeOf(node) {
  const { graph, id } = node;
  return !graph || graph === rootGraph() ? String(id) : `${graph.id}:${id}`;
}

function stored(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function store(key, outputs) {
  try {
    sessionStorage.setItem(key, JSON.stringify(outputs));
    return true;
  } catch {
    return false;
  }
}

function forgetAll() {
  try {
    Object.keys(sessionStorage)
      .filter((name) => name.startsWith(PREFIX))
      .forEach((name) => sessionStorage.removeItem(name));
  } catch {
    // A browser without storage remembers nothing, and loses nothing.
  }
}
