// What does the person see of a picture's tags, and what can be done with them?
import { app } from "../../../scripts/app.js";
import { api } from "../../../scripts/api.js";
import { copyText } from "./clipboard.js";
import { element } from "./element.js";
import { message } from "./messages.js";
import { tagsOf } from "./queue.js";

const TEXT_NODE = "PrimitiveStringMultiline";
const MEGABYTE = 1e6;

/** Open a dialog with a picture, queue it for tagging, and show its tags when they come. */
export async function openDialog(node, picture) {
  const view = buildDialog(node, picture);
  document.body.append(view.dialog);
  view.dialog.addEventListener("close", () => view.dialog.remove());
  view.dialog.showModal();
  try {
    view.show(await tagsOf(picture, view.showProgress));
  } catch (error) {
    view.fail(error.message);
  }
}

function buildDialog(node, picture) {
  const dialog = element("dialog", { className: "joytag-dialog" });
  const tags = element("textarea", { readOnly: true, placeholder: message("waiting"), rows: 10 });
  const copy = element("button", { textContent: message("copy"), disabled: true });
  const insert = element("button", { textContent: message("new_text_node"), disabled: true });
  const close = element("button", { textContent: message("close"), onclick: () => dialog.close() });
  copy.onclick = async () => {
    await copyText(tags.value, dialog);
    copy.textContent = message("copied");
  };
  insert.onclick = () => {
    addTextNode(node, tags.value);
    dialog.close();
  };
  const shown = element("img", { src: api.apiURL(`/view?${picture.query}`), alt: picture.name });
  const buttons = element("div", { className: "joytag-buttons" });
  buttons.append(copy, insert, close);
  dialog.append(element("h3", { textContent: message("tag_with_joytag") }), shown, tags, buttons, styleSheet());
  return {
    dialog,
    showProgress(done, all) {
      // One picture is one step; only a download has more.
      if (all < MEGABYTE) return;
      const [arrived, whole] = [done, all].map((bytes) => Math.round(bytes / MEGABYTE));
      tags.placeholder = `${message("downloading")} ${arrived} / ${whole} MB`;
    },
    show(text) {
      tags.value = text;
      tags.placeholder = message("no_tags");
      copy.disabled = insert.disabled = !text;
    },
    fail(reason) {
      tags.value = reason;
      tags.classList.add("joytag-error");
    },
  };
}

function addTextNode(above, text) {
  const node = LiteGraph.createNode(LiteGraph.registered_node_types[TEXT_NODE] ? TEXT_NODE : "Note");
  node.pos = [above.pos[0], above.pos[1] + above.size[1] + 50];
  app.graph.add(node);
  node.widgets[0].value = text;
  node.setSize([400, 200]);
  app.canvas.selectNode?.(node);
  app.graph.setDirtyCanvas(true, true);
}

function styleSheet() {
  return element("style", {
    textContent: `
      .joytag-dialog { width: min(720px, 90vw); border: 1px solid var(--border-color, #4e4e4e); border-radius: 8px;
        background: var(--comfy-menu-bg, #353535); color: var(--input-text, #ddd); padding: 16px; margin: auto;
        font-family: sans-serif; }
      .joytag-dialog::backdrop { background: #0008; }
      .joytag-dialog h3 { margin: 0 0 12px; font-size: 16px; }
      .joytag-dialog img { display: block; max-width: 100%; max-height: 36vh; margin: 0 auto 12px; }
      .joytag-dialog textarea { width: 100%; box-sizing: border-box; padding: 8px; resize: vertical; font-size: 14px;
        background: var(--comfy-input-bg, #222); color: inherit; border: 1px solid var(--border-color, #4e4e4e); }
      .joytag-dialog textarea.joytag-error { color: var(--error-text, #ff6b6b); }
      .joytag-buttons { display: flex; gap: 8px; justify-content: flex-end; margin-top: 12px; }
      .joytag-buttons button { padding: 8px 16px; border: 1px solid var(--border-color, #4e4e4e); border-radius: 6px;
        background: var(--comfy-input-bg, #222); color: inherit; cursor: pointer; }
      .joytag-buttons button:disabled { opacity: 0.5; cursor: default; }`,
  });
}
