// How does a node show the text that its last run sent?
import { app } from "../../../scripts/app.js";
import { message } from "./messages.js";

const WIDGET = "joytag_text";
const SEPARATOR = "\n\n";

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
    if (output?.text) showText(this, textOf(output));
  };
}

/** Tell whether a node already shows a text. */
export function hasText(node) {
  return Boolean(fieldOf(node)?.value);
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
