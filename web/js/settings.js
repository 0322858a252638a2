// How does a node with many settings stay small? The rare ones are folded away behind a button.
import { app } from "../../../scripts/app.js";
import { message } from "./messages.js";

const WIDTH = 320; // pixels: room for a setting's name beside its value
const TEXT_HEIGHT = 80; // pixels above the least that text fields take: a usual prompt's lines
const GAP = 4; // pixels, LiteGraph's own
const MODE_CHANGED = "Comfy.VueNodes.Enabled.change";
const PAGE_FOLDS = "Comfy.Node.AlwaysShowAdvancedWidgets";

const folds = new Set();

/** Let every node of this type begin with its rare settings folded away. */
export function foldSettings(nodeType) {
  const { onNodeCreated, onConfigure, onConnectionsChange, onRemoved } = nodeType.prototype;
  nodeType.prototype.onNodeCreated = function () {
    const result = onNodeCreated?.apply(this, arguments);
    const rare = (this.widgets ?? []).filter((widget) => widget.options?.advanced);
    if (rare.length > 0) this.joytagFold = new Fold(this, rare);
    return result;
  };
  nodeType.prototype.onConfigure = function () {
    onConfigure?.apply(this, arguments);
    this.joytagFold?.update();
  };
  nodeType.prototype.onConnectionsChange = function () {
    onConnectionsChange?.apply(this, arguments);
    // A node from a file has the size that it was saved with.
    if (app.configuringGraph) this.joytagFold?.update();
    else this.joytagFold?.keepRoom(() => this.joytagFold.update());
  };
  nodeType.prototype.onRemoved = function () {
    onRemoved?.apply(this, arguments);
    folds.delete(this.joytagFold);
  };
}

/** Give a new node the size of what it shows folded, and fold it as the page's node design wants it. */
export function sizeNewNodes(nodeType) {
  const { onNodeCreated } = nodeType.prototype;
  nodeType.prototype.onNodeCreated = function () {
    const result = onNodeCreated?.apply(this, arguments);
    const [width, height] = this.computeSize();
    this.setSize([Math.max(width, WIDTH), height + TEXT_HEIGHT]);
    this.joytagFold?.update();
    return result;
  };
}

/** Fold the settings anew where the person changes between Nodes 2.0 and the classic nodes. */
export function watchNodeDesign() {
  app.ui?.settings?.addEventListener?.(MODE_CHANGED, ({ detail }) => {
    const update = () => folds.forEach((fold) => fold.update({ isModern: detail.value }));
    // A classic node grows at once by what is not hidden, so hiding comes before the change, showing after it.
    if (detail.value) setTimeout(update);
    else update();
  });
}

/** The folded part of one node. The node's own `showAdvanced`, which frontends save, tells whether it is unfolded. */
class Fold {
  constructor(node, rare) {
    Object.assign(this, { node, rare });
    this.button = node.addWidget("button", "joytag_more_settings", null, () => this.toggle());
    this.button.serialize = false;
    this.button.options = { ...this.button.options, serialize: false };
    rare.forEach((widget) => setHidden(widget, true)); // so that the node gets the size of what is shown
    folds.add(this);
  }

  toggle() {
    this.keepRoom(() => {
      this.node.showAdvanced = !this.node.showAdvanced;
      this.update();
    });
  }

  update({ isModern = LiteGraph.vueNodesMode } = {}) {
    const ours = !(isModern && pageFoldsSettings());
    const folded = ours && !this.node.showAdvanced;
    for (const widget of this.rare) {
      setHidden(widget, folded && !isLinked(this.node, widget));
      // Nor do they make a node taller that Nodes 2.0 lays out itself.
      if (!ours) takeNoRoom(widget);
    }
    setHidden(this.button, !ours);
    this.button.label = this.label(folded);
    app.canvas?.setDirty(true, true);
  }

  /** Do something that shows or hides settings, and let the node grow or shrink by what they take. */
  keepRoom(change) {
    const { node } = this;
    const before = node.computeSize()[1];
    change();
    const grown = node.computeSize()[1] - before;
    if (grown !== 0) node.setSize([node.size[0], node.size[1] + grown]);
  }

  label(folded) {
    const changed = this.rare.filter((widget) => widget.value !== defaultOf(this.node, widget)).length;
    const words = message(folded ? "more_settings" : "fewer_settings");
    return changed > 0 ? `${words} (${changed} ${message("changed")})` : words;
  }
}

/** Tell whether Nodes 2.0 have a button of their own for such settings: pages that do (since 1.39) know this setting. */
export function pageFoldsSettings() {
  return app.extensionManager?.setting?.get(PAGE_FOLDS) != null;
}

/** Tell whether a setting gets its value from another node. */
export function isLinked(node, { name }) {
  const place = node.inputs?.findIndex(({ widget }) => widget?.name === name) ?? -1;
  return place >= 0 && node.isInputConnected(place);
}

function defaultOf(node, { name }) {
  const { required, optional } = node.constructor.nodeData?.input ?? {};
  return (optional?.[name] ?? required?.[name])?.[1]?.default;
}

function setHidden(widget, hidden) {
  widget.hidden = hidden;
  widget.options.hidden = hidden; // what Nodes 2.0 looks at
  // Frontend 1.27 leaves room for hidden widgets.
  if (hidden) takeNoRoom(widget);
  else delete widget.computeSize;
}

function takeNoRoom(widget) {
  widget.computeSize = () => [0, -GAP]; // which cancels the gap between two widgets
}
