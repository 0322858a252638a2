// Where does "Tag with JoyTag" appear, and what does it do?
import { app } from "../../../scripts/app.js";
import { openDialog } from "./dialog.js";
import { message } from "./messages.js";
import { shownPicture } from "./picture.js";

export const MENU_COMMAND = "JoyTag.TagPicture";

/** Return the menu entries for a node: one where it shows a picture. */
export function menuEntries(node) {
  const picture = shownPicture(node);
  if (!picture) return [];
  return [null, { content: message("tag_with_joytag"), callback: () => openDialog(node, picture) }];
}

/** Add the entry to a node type, for frontends that ask the node itself. */
export function addMenuEntry(nodeType) {
  const getExtraMenuOptions = nodeType.prototype.getExtraMenuOptions;
  nodeType.prototype.getExtraMenuOptions = function (canvas, options) {
    const result = getExtraMenuOptions?.apply(this, arguments);
    options.push(...menuEntries(this));
    return result;
  };
}

/** Tag the picture of the one selected node; the command behind the toolbox button. */
export function tagSelectedNode() {
  const node = Object.values(app.canvas.selected_nodes ?? {})[0];
  const picture = shownPicture(node);
  if (picture) openDialog(node, picture);
  else app.extensionManager?.toast?.add({ severity: "info", summary: message("no_picture"), life: 4000 });
}
