// How does a node show the text that its last run sent?
import { app } from "../../../scripts/app.js";

const WIDGET = "joytag_text";
const SEPARATOR = "\n\n";

/** Let every node of this type show the `text` of its last run in a read-only field. */
export function showTextAfterRuns(nodeType) {
  const onExecuted = nodeType.prototype.onExecuted;
  nodeType.prototype.onExecuted = function (output) {
    onExecuted?.apply(this, arguments);
    if (output?.text) showText(this, [output.text].flat().join(SEPARATOR));
  };
}

function showText(node, text) {
  const widget = node.widgets?.find(({ name }) => name === WIDGET) ?? addField(node);
  widget.value = text;
  const [width, height] = node.computeSize();
  node.setSize([Math.max(node.size[0], width), Math.max(node.size[1], height)]);
  node.setDirtyCanvas?.(true, true);
}

function addField(node) {
  const { widget } = app.widgets.STRING(node, WIDGET, ["STRING", { multiline: true }], app);
  // A shown text is no setting: it neither goes into the saved workflow nor shifts the values of those that do.
  widget.serialize = false;
  widget.options = { ...widget.options, serialize: false };
  widget.serializeValue = () => undefined;
  const field = widget.element ?? widget.inputEl;
  if (field) {
    field.readOnly = true;
    field.style.opacity = 0.75;
    field.classList.add("joytag-text");
  }
  return widget;
}
