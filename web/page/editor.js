// The editor that replaces a textarea after the first Run. Fetched then, as a module of its own.
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const style = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: "var(--zl-accent)" },
  { tag: [tags.comment], color: "var(--zl-quiet)" },
  { tag: [tags.string, tags.number, tags.bool, tags.null], color: "var(--zl-late)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--zl-text)", backgroundColor: "transparent", fontSize: "var(--editor-size, 0.92em)" },
  "&.cm-focused": { outline: "2px solid var(--zl-accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--font-stack--monospace)", lineHeight: "1.6" },
  ".cm-content": { padding: "var(--editor-padding, 0.25rem 0 0.875rem)", caretColor: "var(--zl-text)" },
  ".cm-line": { padding: "var(--editor-sides, 0 var(--cell-side, 1.125rem))" },
  ".cm-error": { backgroundColor: "color-mix(in srgb, var(--zl-lost) 14%, transparent)", boxShadow: "inset 3px 0 var(--zl-lost)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-content ::selection": {
    backgroundColor: "color-mix(in srgb, var(--zl-accent) 28%, transparent)",
  },
});

const setError = StateEffect.define();
const errorLine = StateField.define({
  create: () => Decoration.none,
  update(lines, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setError)) continue;
      const { doc } = transaction.state;
      if (effect.value < 1 || effect.value > doc.lines) return Decoration.none;
      return Decoration.set([Decoration.line({ class: "cm-error" }).range(doc.line(effect.value).from)]);
    }
    return transaction.docChanged ? Decoration.none : lines;
  },
  provide: (field) => EditorView.decorations.from(field),
});

// Makes an editor in `parent`. onRun is called on Shift+Enter and Ctrl+Enter, onChange with the text;
// `attributes` are those of the element that holds the code.
export function edit({ parent, text, label, selection = 0, onChange, onRun, attributes = { "data-cell-editor": "" } }) {
  const run = () => (onRun(), true);
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      selection: { anchor: Math.min(selection, text.length) },
      extensions: [
        Prec.highest(keymap.of([{ key: "Shift-Enter", run }, { key: "Mod-Enter", run }])),
        history(),
        python(),
        indentUnit.of("    "),
        indentOnInput(),
        bracketMatching(),
        syntaxHighlighting(style),
        keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
        errorLine,
        look,
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0", ...attributes }),
        EditorView.updateListener.of((update) => update.docChanged && onChange(update.state.doc.toString())),
      ],
    }),
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    set text(value) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
    },
    focus: () => view.focus(),
    markError: (line) => view.dispatch({ effects: setError.of(line) }),
    destroy: () => view.destroy(),
  };
}
