// How does a person know what a text field is for? Its name stands in the empty field, and above one with text.
const NAME_SIZE = 9; // pixels: fits into the gap that classic nodes leave above a text field
const INDENT = 11; // pixels: the field's own margin

/** Name the text fields of every node of this type; Nodes 2.0 does it itself. */
export function nameTextFields(nodeType) {
  const { onNodeCreated, onDrawForeground, onResize } = nodeType.prototype;
  nodeType.prototype.onNodeCreated = function () {
    const result = onNodeCreated?.apply(this, arguments);
    textFields(this).forEach((widget) => (fieldOf(widget).placeholder = nameOf(widget)));
    return result;
  };
  nodeType.prototype.onDrawForeground = function (context) {
    onDrawForeground?.apply(this, arguments);
    if (this.collapsed || this.flags?.collapsed) return;
    context.save();
    context.font = `${NAME_SIZE}px sans-serif`;
    context.fillStyle = LiteGraph.WIDGET_SECONDARY_TEXT_COLOR;
    for (const widget of textFields(this)) {
      if (!widget.hidden && widget.value) context.fillText(nameOf(widget), INDENT, widget.y + NAME_SIZE - 1);
    }
    context.restore();
  };
  nodeType.prototype.onResize = function () {
    const result = onResize?.apply(this, arguments);
    // A page lays the fields out after it has drawn this, so what moves them wants one frame more.
    this.setDirtyCanvas(true, true);
    requestAnimationFrame(() => requestAnimationFrame(() => this.setDirtyCanvas(true, true)));
    return result;
  };
}

function textFields(node) {
  return (node.widgets ?? []).filter((widget) => fieldOf(widget)?.tagName === "TEXTAREA");
}

function fieldOf(widget) {
  return widget.element ?? widget.inputEl;
}

function nameOf(widget) {
  return widget.label ?? widget.name;
}
