// How does a node show the text that its last run sent?
import { app } from "../../../scripts/app.js";
import { message } from "./messages.js";
import { pageFoldsSettings } from "./settings.js";
import { lastOutput, rememberOutput } from "./last_outputs.js";

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
    if (!output?.text) return;
    this.joytagHasRun = true;
    rememberOutput(this, output);
    showAllTexts(this, output);
  };
}

/** Show the text of the last run on a node that was made anew. */
export function showTextAgain(node) {
  if (node.joytagHasRun || !fieldOf(node)) return;
  const output = lastOutput(node);
  if (output?.text) node.onExecuted(output);
}

/** Show the texts of all pictures, as a run sent them. */
export function showAllTexts(node, output) {
  showText(node, textOf(output));
}

/** Show one picture's text, and what was dropped, in place of the last run's. */
export function showOneText(node, text, dropped) {
  showText(node, textOf({ text: [text], dropped: [dropped] }));
}

function fieldOf(node) {
  return node.widgets?.find(({ name }) => name === WIDGET);
}

function textOf({ text, said, dropped = [] }) {
  const shown = said?.map(inPagesWords) ?? [text].flat();
  return shown.map((one, i) => (dropped[i] ? `${one}\n— ${message("dropped")}:\n${dropped[i]}` : one)).join(SEPARATOR);
}

/** Return lines of parts, each a text, or the id of a message and what stands in the place of its %. */
function inPagesWords(lines) {
  const words = (part) => (typeof part === "string" ? part : message(part[0]).replace("%", () => part[1]));
  return lines.map((parts) => parts.map(words).join("")).join("\n");
}

function showText(node, text) {
  fieldOf(node).value = text;
  node.setDirtyCanvas?.(true, true);
}

function addField(node) {
  const { widget } = app.widgets.STRING(node, WIDGET, ["STRING", { multiline: true }], app);
  // A shown text is no setting: it neither goes into the saved workflow nor shifts the values of those that do.
  widget.serialize = false;
  // Nodes 2.0 that fold no settings yet (before 1.39) let nobody select the text of a field that is read-only.
  widget.options = { ...widget.options, serialize: false, read_only: pageFoldsSettings() };
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
