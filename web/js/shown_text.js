// How does a node show the text that its last run sent?
import { app } from "../../../scripts/app.js";
import { message } from "./messages.js";
import { lastOutput, rememberOutput } from "./last_outputs.js";

const WIDGET = "joytag_text";
const SEPARATOR = "\n\n";
// The page gives a tab's outputs back after it has told packs that the graph is there; milliseconds.
const TRIES = [0, 300, 1500];

/** Let every node of this type show the `text` of its last run in a read-only field. */
export function showTextAfterRuns(nodeType) {
  const { onNodeCreated, onExecuted } = nodeType.prototype;
  nodeType.prototype.onNodeCreated = function () {
    const result = onNodeCreated?.apply(this, arguments);
    // There from the beginning: Nodes 2.0 shows no field that comes later.
    addField(this);
    return result;
  };
  nodeType.prototype.onExecuted = function (output) {
    onExecuted?.apply(this, arguments);
    if (!output?.text) return;
    this.joytagHasRun = true;
    rememberOutput(this, output);
    showText(this, textOf(output));
  };
}

/** Show the texts of the last runs on nodes that were made anew: after undo, on another tab, on a reloaded page. */
export function showTextsAgain() {
  for (const delay of TRIES) setTimeout(() => allNodes().forEach(showAgain), delay);
}

/** Show one picture's text, and what was dropped, in place of the last run's. */
export function showOneText(node, text, dropped) {
  showText(node, textOf({ text: [text], dropped: [dropped] }));
}

function showAgain(node) {
  if (node.joytagHasRun || !fieldOf(node)) return;
  const output = lastOutput(node);
  if (output?.text) node.onExecuted(output);
}

function allNodes() {
  const root = app.rootGraph ?? app.graph;
  const graphs = [root, ...(root?.subgraphs?.values() ?? [])];
  return graphs.flatMap((graph) => graph?._nodes ?? []);
}

function fieldOf(node) {
  return node.widgets?.find(({ name }) => name === WIDGET);
}

function textOf({ text, dropped = [] }) {
  const shown = [text].flat();
  return shown.map((one, i) => (dropped[i] ? `${one}\n— ${message("dropped")}:\n${dropped[i]}` : one)).join(SEPARATOR);
}

function showText(node, text) {
  fieldOf(node).value = text;
  node.setDirtyCanvas?.(true, true);
}

function addField(node) {
  const { widget } = app.widgets.STRING(node, WIDGET, ["STRING", { multiline: true }], app);
  // A shown text is no setting: it neither goes into the saved workflow nor shifts the values of those that do.
  widget.serialize = false;
  widget.options = { ...widget.options, serialize: false, read_only: true };
  widget.serializeValue = () => undefined;
  widget.label = message("result");
  const field = widget.element ?? widget.inputEl;
  if (field) {
    field.readOnly = true;
    field.placeholder = message("shown_text");
    field.style.opacity = 0.75;
    field.classList.add("joytag-text");
  }
}
