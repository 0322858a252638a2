// What does a bypassed node pass on? Its tags: ComfyUI takes the first socket where the next node takes anything.

const PASSED_ON = "tags";

/** Let the tags be the first socket of every node of this type; the page would put pictures and scores before them. */
export function passTagsOn(nodeType) {
  const { onNodeCreated } = nodeType.prototype;
  nodeType.prototype.onNodeCreated = function () {
    const result = onNodeCreated?.apply(this, arguments);
    const place = this.inputs?.findIndex(({ name }) => name === PASSED_ON) ?? -1;
    if (place > 0) this.inputs.unshift(...this.inputs.splice(place, 1));
    return result;
  };
}
