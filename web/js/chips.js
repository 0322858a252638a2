// How does a node's result become tags to click, which follow its settings without a run?
import { app } from "../../../scripts/app.js";
import { ChipView } from "./chip_view.js";
import { lastPicked, rememberPicked } from "./last_outputs.js";
import { message } from "./messages.js";
import { preview } from "./preview.js";
import { isLinked } from "./settings.js";
import { showAllTexts, showOneText } from "./shown_text.js";

const WIDGET = "joytag_chips";
const HEIGHT = 150; // pixels: four rows of chips below the slider; more are scrolled to
// Which setting the slider moves, and whether the node's text says what was dropped, by node type.
const TYPES = {
  JoyTag_Interrogate: { slider: "threshold", saysDropped: false },
  JoyTag_TagFilter: { slider: "min_score", saysDropped: true },
};

/** Let every node of this type show its result as chips; only those of `TYPES` have one. */
export function showChipsAfterRuns(nodeType) {
  const { onNodeCreated, onExecuted } = nodeType.prototype;
  nodeType.prototype.onNodeCreated = function () {
    const result = onNodeCreated?.apply(this, arguments);
    const type = TYPES[this.comfyClass ?? this.type];
    if (type) this.joytagChips = new Chips(this, type);
    return result;
  };
  nodeType.prototype.onExecuted = function (output) {
    onExecuted?.apply(this, arguments);
    const [run] = output?.joytag ?? [];
    if (run) this.joytagChips?.show(run, output);
  };
}

/** Put the chips of a node that was made anew where Nodes 2.0 still show those of the node before. */
export function putChipsInPlace(node) {
  node.joytagChips?.takePlace();
}

/** The chips of one node: what its last run sent, and what the core makes of it with the node's settings of now. */
class Chips {
  constructor(node, type) {
    Object.assign(this, { node, type });
    this.turn = 0;
    this.queue = Promise.resolve();
    this.view = new ChipView({
      click: (chip) => this.update(chip),
      pick: () => {
        // For the node that undo makes anew: the page hands it the same run, or (1.58) a copy.
        this.run.picked = this.view.picked;
        rememberPicked(this.node, this.view.picked);
        this.update();
      },
      slide: (value) => this.set(this.slider(), value),
    });
    const options = { serialize: false, hideOnZoom: false, getMinHeight: () => HEIGHT };
    const widget = node.addDOMWidget(WIDGET, WIDGET, this.view.element, options);
    // Neither a setting, nor saved.
    widget.serialize = false;
    widget.serializeValue = () => undefined;
    widget.label = message("chips");
    node.widgets.filter((one) => one !== widget).forEach((one) => this.follow(one));
  }

  show(run, output) {
    this.takePlace();
    Object.assign(this, { run, output });
    // Of a run that is shown again, after undo or a reload, the node may have other settings now.
    this.settingsOfRun = JSON.stringify({ ...this.settings(), ...run.settings });
    this.view.offerPictures(run.pictures.length, run.picked ?? lastPicked(this.node));
    this.update();
  }

  takePlace() {
    const { view, node } = this;
    if (view.element.isConnected || node.graph !== app.canvas.graph) return;
    document.querySelector(`[data-node-id="${node.id}"] .${view.element.className}`)?.replaceWith(view.element);
  }

  /** Ask what a run would give now, or after a click; of several askings in waiting, only clicks and the last count. */
  update(chip) {
    if (!this.run || this.isSetting) return;
    const turn = ++this.turn;
    this.queue = this.queue.then(async () => {
      if (!chip && turn !== this.turn) return;
      try {
        this.take(await preview(this.asked(chip)));
      } catch (error) {
        this.view.fail(error.message);
      }
    });
  }

  asked(chip) {
    const picture = this.run.pictures[this.view.picked] ?? this.run.pictures[0];
    const click = chip && { tag: chip.tag, action: chip.action };
    const settings = this.settings();
    this.asking = JSON.stringify(settings);
    return { settings, picture, click };
  }

  take({ settings, text, dropped, chips }) {
    const linked = Object.entries(settings).filter(([name, value]) => !this.canSet(name, value));
    if (linked.length > 0) return this.view.fail(`${message("linked_setting")} ${linked.map(([name]) => name).join()}`);
    Object.entries(settings).forEach(([name, value]) => this.set(this.widget(name), value));
    if (Object.keys(settings).length > 0) rememberForUndo();
    this.view.show({ chips, text }, this.slider());
    // All texts stand there after a run; a change is shown for the picture that is looked at.
    if (JSON.stringify(this.settings()) === this.settingsOfRun) showAllTexts(this.node, this.output);
    else showOneText(this.node, text, this.type.saysDropped ? dropped : "");
    this.node.setDirtyCanvas?.(true, true);
  }

  canSet(name, value) {
    const widget = this.widget(name);
    return widget && (widget.value === value || !isLinked(this.node, widget));
  }

  set(widget, value) {
    if (!widget || widget.value === value) return;
    // All settings of a click are one change.
    this.isSetting = widget !== this.slider();
    widget.value = value;
    widget.callback?.(value, app.canvas, this.node);
    this.isSetting = false;
  }

  /** Return the settings of now; a linked one has the value that the last run got. */
  settings() {
    const own = this.node.widgets.filter(
      (one) => one.serialize !== false && one.type !== "button" && !isLinked(this.node, one),
    );
    return { ...this.run.settings, ...Object.fromEntries(own.map(({ name, value }) => [name, value])) };
  }

  slider() {
    return this.widget(this.type.slider);
  }

  widget(name) {
    return this.node.widgets.find((one) => one.name === name);
  }

  follow(widget) {
    const { callback } = widget;
    // Pages call this also where nothing has changed, as when a chip takes the focus.
    const update = () => this.run && JSON.stringify(this.settings()) !== this.asking && this.update();
    widget.callback = function () {
      const result = callback?.apply(this, arguments);
      update();
      return result;
    };
  }
}

function rememberForUndo() {
  const tracker = app.extensionManager?.workflow?.activeWorkflow?.changeTracker;
  (tracker?.captureCanvasState ?? tracker?.checkState)?.call(tracker);
}
