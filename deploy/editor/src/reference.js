// A reference to a page, a note or a draft: one word in the text that can't be split, with its address
// kept as data-ref ("paper:2:3", "note:4", "draft:1"). The server puts the link in when the text is shown.
import { Node } from "@tiptap/core";

export const Reference = Node.create({
  name: "reference",
  group: "inline",
  inline: true,
  atom: true,
  selectable: true,
  marks: "",

  addAttributes() {
    return {
      ref: {
        default: "",
        parseHTML: (element) => element.dataset.ref ?? "",
        renderHTML: (attributes) => ({ "data-ref": attributes.ref }),
      },
      text: {
        default: "",
        parseHTML: (element) => element.textContent ?? "",
        renderHTML: () => ({}),
      },
      href: {
        default: "",
        parseHTML: (element) => element.getAttribute("href") ?? "",
        renderHTML: (attributes) => (attributes.href ? { href: attributes.href } : {}),
      },
    };
  },

  parseHTML() {
    return [{ tag: "a[data-ref]" }];
  },

  renderHTML({ node, HTMLAttributes }) {
    return ["a", { class: "flag", ...HTMLAttributes }, node.attrs.text];
  },

  renderText({ node }) {
    return node.attrs.text;
  },
});
