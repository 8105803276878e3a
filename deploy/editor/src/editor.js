// Editor of notes and drafts: upgrades <textarea data-editor>; without it the textarea holds plain writing.
// What leaves it is HTML of paragraphs, bold, underline, lists, breaks and references in a hidden field
// (data-html-name); the server cleans it again (core.richtext.clean), so nothing here is trusted.
import { Editor } from "@tiptap/core";
import { Bold } from "@tiptap/extension-bold";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { BulletList, ListItem, ListKeymap, OrderedList } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Text } from "@tiptap/extension-text";
import { Underline } from "@tiptap/extension-underline";
import { UndoRedo } from "@tiptap/extensions";
import { picker } from "./picker.js";
import { Reference } from "./reference.js";
import { toolbar } from "./toolbar.js";

// Ctrl Enter forwards the file (keys.js), so only Shift Enter breaks a line.
const Break = HardBreak.extend({
  addKeyboardShortcuts() {
    return { "Shift-Enter": () => this.editor.commands.setHardBreak() };
  },
});

// Typing "2. " begins no list: office letters number their paragraphs by hand, and a list would number them anew.
const byButtonAlone = { addInputRules: () => [] };
const PlainBulletList = BulletList.extend(byButtonAlone);
const PlainOrderedList = OrderedList.extend(byButtonAlone);

const data = (id) => {
  const source = id && document.getElementById(id);
  return source ? JSON.parse(source.textContent) : [];
};

// Word processors bring styles, classes, empty spans and non-breaking spaces; none of it is meant.
// Styles and handlers are taken out before parsing: the content policy would report each of them.
function cleanPaste(html) {
  const renamed = html
    .replace(/<(style|script|title)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style=").replace(/\son\w+\s*=/gi, " data-x="));
  const page = new DOMParser().parseFromString(renamed, "text/html");
  for (const junk of page.querySelectorAll("style, script, meta, link, title, img, svg, iframe, object")) junk.remove();
  for (const element of page.body.querySelectorAll("*")) {
    const bold = /font-weight:\s*(bold|[6-9]00)/i.test(element.getAttribute("data-style") ?? "");
    const ref = element.getAttribute("data-ref");
    for (const name of element.getAttributeNames()) element.removeAttribute(name);
    if (ref) element.setAttribute("data-ref", ref);
    if (bold && element.tagName === "SPAN") {
      const strong = page.createElement("strong");
      strong.append(...element.childNodes);
      element.replaceWith(strong);
    }
  }
  return page.body.innerHTML.replaceAll("\u00a0", " ").replaceAll("&nbsp;", " ");
}

function upgrade(area) {
  const box = area.closest("[data-editbox]") ?? area.parentElement;
  const words = area.dataset;
  const mount = document.createElement("div");
  const carry = document.createElement("input");
  carry.type = "hidden";
  carry.name = words.htmlName;
  const choose = picker(box, { find: words.tFind, none: words.tNone });
  const references = data(words.flagSource);
  const phrases = data(words.phraseSource).map((one) => (typeof one === "string" ? { text: one } : one));

  const editor = new Editor({
    element: mount,
    injectCSS: false,
    content: words.html || paragraphs(area.value),
    extensions: [
      Document, Paragraph, Text, Bold, Underline, Break, Reference, UndoRedo,
      PlainBulletList, PlainOrderedList, ListItem, ListKeymap,
    ],
    editorProps: {
      attributes: {
        class: "editor",
        role: "textbox",
        "aria-multiline": "true",
        lang: area.lang || "hi",
        ...(area.getAttribute("aria-describedby")
          ? { "aria-describedby": area.getAttribute("aria-describedby"), "aria-invalid": "true" }
          : {}),
        "aria-label": box.querySelector("label")?.textContent.trim() ?? "",
      },
      transformPastedHTML: cleanPaste,
      // Left alone by the editor, so that keys.js sees it.
      handleDOMEvents: { keydown: (_view, event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) },
    },
    onUpdate: () => {
      carry.value = editor.isEmpty ? "" : editor.getHTML();
      carry.dispatchEvent(new Event("input", { bubbles: true }));
    },
    onTransaction: () => tools.refresh(),
  });

  const run = (command) => () => command(editor.chain().focus()).run();
  const put = (choice) =>
    editor
      .chain()
      .focus()
      .insertContent([
        { type: "reference", attrs: { ref: choice.ref, text: choice.label ?? choice.text, href: choice.href ?? "" } },
        { type: "text", text: " " },
      ])
      .run();
  const list = (kind) => references.filter((one) => kind === "note" === one.ref.startsWith("note:"));
  const tools = toolbar(words.tTools, [
    { icon: "type-bold", label: words.tBold, press: run((c) => c.toggleBold()), active: () => editor.isActive("bold") },
    {
      icon: "type-underline", label: words.tUnderline,
      press: run((c) => c.toggleUnderline()), active: () => editor.isActive("underline"),
    },
    {
      icon: "list-ol", label: words.tOl,
      press: run((c) => c.toggleOrderedList()), active: () => editor.isActive("orderedList"),
    },
    {
      icon: "list-ul", label: words.tUl,
      press: run((c) => c.toggleBulletList()), active: () => editor.isActive("bulletList"),
    },
    ...(references.length || phrases.length ? [null] : []),
    ...(list("page").length
      ? [{ icon: "bookmark", label: words.tFlag, wide: true, key: "g", press: (e) => choose.open(e.currentTarget, list("page"), put) }]
      : []),
    ...(list("note").length
      ? [{ icon: "link-45deg", label: words.tNote, wide: true, press: (e) => choose.open(e.currentTarget, list("note"), put) }]
      : []),
    ...(phrases.length
      ? [{
          icon: "chat-square-quote", label: words.tPhrase, wide: true,
          press: (e) => choose.open(e.currentTarget, phrases, (one) =>
            editor.chain().focus().insertContent({ type: "text", text: `${one.text} ` }).run()),
        }]
      : []),
    null,
    { icon: "arrow-counterclockwise", label: words.tUndo, press: run((c) => c.undo()) },
  ]);

  carry.value = editor.isEmpty ? "" : editor.getHTML();
  area.hidden = true;
  area.disabled = true;
  area.after(tools.bar, mount, carry);
  tools.refresh();
  box.querySelector("label")?.addEventListener("click", () => editor.commands.focus());
  mount.firstElementChild.dataset.key = "n";
}

function paragraphs(text) {
  const holder = document.createElement("div");
  for (const part of text.split(/\n\s*\n/)) {
    const block = document.createElement("p");
    block.textContent = part.trim();
    holder.append(block);
  }
  return holder.innerHTML;
}

for (const area of document.querySelectorAll("textarea[data-editor]")) upgrade(area);
