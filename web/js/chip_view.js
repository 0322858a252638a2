// What does a person see of tags to click? A slider, a picker of pictures, and a button for each tag.
import { app } from "../../../scripts/app.js";
import { copyText } from "./clipboard.js";
import { element } from "./element.js";
import { message } from "./messages.js";

const MARKS = { general: "", character: "★", copyright: "©", artist: "✎", meta: "⚙" };
const COPIED = 1500; // milliseconds for which the button says so
const STATES = {
  kept: () => message("chip_kept"),
  near: () => message("chip_near"),
  dropped: () => message("chip_dropped"),
};
const ACTIONS = {
  ban: () => message("click_bans"),
  keep: () => message("click_keeps"),
  add: () => message("click_adds"),
};

export class ChipView {
  /** `on` holds what happens: `click(chip)`, `pick()` another picture, `slide(value)`. */
  constructor(on) {
    this.on = on;
    this.picked = 0;
    this.slider = element("input", { type: "range", min: 0, max: 1, step: 0.01, disabled: true });
    this.slider.addEventListener("input", () => on.slide(Number(this.slider.value)));
    this.setting = element("span");
    this.value = element("output");
    const label = element("label", { className: "joytag-slider" });
    label.append(this.setting, this.slider, this.value);
    this.picker = element("select", { title: message("picture"), ariaLabel: message("picture"), hidden: true });
    this.picker.addEventListener("change", () => this.pick(Number(this.picker.value)));
    this.copy = element("button", { type: "button", className: "joytag-copy", textContent: message("copy") });
    this.copy.addEventListener("click", () => this.copyTags());
    this.bar = element("div", { className: "joytag-chips-bar", hidden: true });
    this.bar.append(label, this.picker, this.copy);
    this.list = element("div", { className: "joytag-chip-list", textContent: message("chips_empty") });
    this.error = element("div", { className: "joytag-chips-error", hidden: true });
    this.error.setAttribute("role", "alert");
    this.element = element("div", { className: "joytag-chips" });
    this.element.append(this.bar, this.error, this.list);
    keepFromCanvas(this.element, this.list);
  }

  offerPictures(count, picked) {
    this.picked = Math.min(picked, Math.max(count - 1, 0));
    const options = Array.from({ length: count }, (_, i) => element("option", { value: i, textContent: `${i + 1} / ${count}` }));
    this.picker.replaceChildren(...options);
    this.picker.value = this.picked;
    this.picker.hidden = count < 2;
  }

  pick(place) {
    this.picked = place;
    this.on.pick();
  }

  async copyTags() {
    await copyText(this.text, this.bar);
    this.copy.focus();
    this.copy.textContent = message("copied");
    setTimeout(() => (this.copy.textContent = message("copy")), COPIED);
  }

  /** Show a picture's chips and the setting that the slider moves; `text` is what the button copies. */
  show({ chips, text }, setting) {
    this.text = text;
    this.copy.disabled = !text;
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.tag : undefined;
    this.error.hidden = true;
    this.bar.hidden = false;
    this.setting.textContent = setting?.label ?? setting?.name ?? "";
    this.slider.disabled = !setting;
    this.slider.value = setting?.value ?? 0;
    this.slider.setAttribute("aria-label", this.setting.textContent);
    this.value.textContent = Number(this.slider.value).toFixed(2);
    this.list.replaceChildren(...chips.map((chip) => this.chip(chip)));
    if (chips.length === 0) this.list.textContent = message("no_tags_left");
    [...this.list.children].find(({ dataset }) => dataset.tag === focused)?.focus();
  }

  fail(reason) {
    this.error.textContent = reason;
    this.error.hidden = false;
  }

  chip(chip) {
    const { name, score, category, state, rule, action } = chip;
    const button = element("button", { type: "button", className: `joytag-chip joytag-${state}` });
    button.dataset.category = category ?? "unknown";
    button.dataset.tag = chip.tag;
    button.style.setProperty("--joytag-score", `${Math.round((score ?? 0) * 100)}%`);
    const mark = MARKS[category] ?? "?";
    if (mark) button.append(element("span", { className: "joytag-mark", textContent: mark, ariaHidden: "true" }));
    button.append(element(state === "dropped" ? "s" : "span", { textContent: name }));
    if (score !== null) button.append(element("span", { className: "joytag-score", textContent: score.toFixed(2) }));
    if (rule) button.append(element("span", { className: "joytag-rule", textContent: rule }));
    const words = [STATES[state](), rule, category ?? message("unknown_tag"), ACTIONS[action]()];
    button.title = words.filter(Boolean).join(" · ");
    button.setAttribute("aria-label", [name, score?.toFixed(2), ...words].filter(Boolean).join(", "));
    button.addEventListener("click", () => this.on.click(chip));
    return button;
  }
}

/** Let keys and the wheel act on the chips alone where they mean something there; the canvas has uses for both. */
function keepFromCanvas(panel, list) {
  panel.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
  // Classic pages hear keys before the chips do, and delete what is selected.
  panel.addEventListener("focusin", () => (app.canvas.deselectAll ?? app.canvas.deselectAllNodes)?.call(app.canvas));
  panel.addEventListener("pointerdown", (event) => event.stopPropagation());
  list.addEventListener("wheel", (event) => {
    if (list.scrollHeight > list.clientHeight) event.stopPropagation();
  });
}
