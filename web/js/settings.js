// How does a node with many settings stay small? The rare ones are folded away behind a button.
import { app } from "../../../scripts/app.js";
import { message } from "./messages.js";

const WIDTH = 320; // pixels: room for a setting's name beside its value
const GAP = 4; // pixels, LiteGraph's own

/** Let every node of this type begin with its rare settings folded away, and say in each text field what it is for. */
export function foldSettings(nodeType) {
  const onNodeCreated = nodeType.prototype.onNodeCreated;
  nodeType.prototype.onNodeCreated = function () {
    const result = onNodeCreated?.apply(this, arguments);
    const widgets = this.widgets ?? [];
    widgets.forEach(nameTextField);
    // Frontends to 1.35 read `advanced` into the options and fold nothing; a widget that has it itself needs no help.
    const rare = widgets.filter((widget) => widget.options?.advanced && !widget.advanced);
    if (rare.length > 0) addButton(this, rare);
    const [width, height] = this.computeSize();
    this.setSize([Math.max(width, WIDTH), height]);
    return result;
  };
}

function addButton(node, rare) {
  let folded = true;
  const fold = () => {
    const before = node.computeSize()[1];
    for (const widget of rare) setHidden(widget, folded);
    button.label = message(folded ? "more_settings" : "fewer_settings");
    node.setSize([node.size[0], node.size[1] + node.computeSize()[1] - before]);
    app.canvas?.setDirty(true, true);
  };
  const button = node.addWidget("button", "joytag_more_settings", null, () => {
    folded = !folded;
    fold();
  });
  button.serialize = false;
  button.options = { ...button.options, serialize: false };
  fold();
}

function setHidden(widget, hidden) {
  widget.hidden = hidden;
  widget.options.hidden = hidden; // what Nodes 2.0 looks at
  // Frontend 1.27 leaves room for hidden widgets; this height cancels the gap that it puts between two.
  if (hidden) widget.computeSize = () => [0, -GAP];
  else delete widget.computeSize;
}

function nameTextField(widget) {
  const field = widget.element ?? widget.inputEl;
  if (field?.tagName === "TEXTAREA") field.placeholder = widget.label ?? widget.name;
}
