// What does the page of ComfyUI learn from JoyTag? Tags on the nodes, and "Tag with JoyTag" on every picture.
import { app } from "../../../scripts/app.js";
import { passTagsOn } from "./bypass.js";
import { addMenuEntry, tagSelectedNode, menuEntries, MENU_COMMAND } from "./menu.js";
import { completeNewNodes } from "./new_nodes.js";
import { putChipsInPlace, showChipsAfterRuns } from "./chips.js";
import { rankTaggerFirst, shortenTitle } from "./search.js";
import { foldSettings, sizeNewNodes, watchNodeDesign } from "./settings.js";
import { showTextAfterRuns, showTextAgain } from "./shown_text.js";
import { nameTextFields } from "./text_fields.js";
import { loadStyle } from "./style.js";
import { shownPicture } from "./picture.js";
import { loadMessages } from "./messages.js";

const OURS = new Set([
  "JoyTag_Interrogate",
  "JoyTag_TagFilter",
  "JoyTag_TagInfo",
  "JoyTag_TagMask",
  "JoyTag_RegionTags",
  "JoyTag_TagSwitch",
  "JoyTag_PromptCheck",
]);

// Frontends before 1.30 know no getNodeMenuItems; their nodes are patched instead.
const hasMenuHook = () => typeof app.collectNodeMenuItems === "function";

app.registerExtension({
  name: "JoyTag",
  settings: [
    {
      id: "JoyTag.Menu.Model",
      category: ["JoyTag", "Menu", "Model"],
      name: "Model of the menu entry",
      tooltip: "Which model 'Tag with JoyTag' uses: joytag, demo, or the name of a folder in models/joytag.",
      type: "text",
      defaultValue: "joytag",
    },
    {
      id: "JoyTag.Menu.Threshold",
      category: ["JoyTag", "Menu", "Threshold"],
      name: "Threshold of the menu entry",
      tooltip: "Which score a tag has to pass to be shown by 'Tag with JoyTag'.",
      type: "slider",
      attrs: { min: 0, max: 1, step: 0.01 },
      defaultValue: 0.4,
    },
  ],
  commands: [{ id: MENU_COMMAND, label: "Tag with JoyTag", icon: "pi pi-tags", function: tagSelectedNode }],

  async init() {
    watchNodeDesign();
    loadStyle();
    await loadMessages();
  },
  setup() {
    shortenTitle();
  },
  beforeRegisterNodeDef(nodeType, nodeDef) {
    if (OURS.has(nodeDef.name)) {
      passTagsOn(nodeType);
      nameTextFields(nodeType);
      foldSettings(nodeType);
      showTextAfterRuns(nodeType);
      showChipsAfterRuns(nodeType);
      sizeNewNodes(nodeType);
    }
    rankTaggerFirst(nodeDef);
    if (!hasMenuHook()) addMenuEntry(nodeType);
  },
  afterConfigureGraph() {
    completeNewNodes((node) => {
      putChipsInPlace(node);
      showTextAgain(node);
    });
  },
  getNodeMenuItems(node) {
    return menuEntries(node);
  },
  // The toolbox above a selected node: the only door in Nodes 2.0 of frontend 1.35.
  getSelectionToolboxCommands(selected) {
    return shownPicture(selected) ? [MENU_COMMAND] : [];
  },
});

