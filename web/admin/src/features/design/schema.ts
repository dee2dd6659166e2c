import type { Look, SectionField, SectionType, ThemeChoice, ThemeView } from "./api.ts";

export type SettingValue = string | number | boolean;

export interface PlacedSection {
  /** Stays with the section while it is moved. */
  id: string;
  type: string;
  settings: Record<string, SettingValue>;
}

export interface DesignDraft {
  template: string;
  /** Null: the page is the theme's own. */
  sections: PlacedSection[] | null;
  tokens: Record<string, string>;
}

export function designDraft(view: ThemeView): DesignDraft {
  const home = view.sections?.home;
  return {
    template: view.template,
    sections: home ? home.map((section, at) => placed(section.type, section.settings, String(at))) : null,
    tokens: view.tokens ?? {},
  };
}

export function designBody(draft: DesignDraft): Look {
  const tokens = Object.entries(draft.tokens).filter(([, value]) => value.trim() !== "");
  return {
    template: draft.template,
    sections: draft.sections && {
      home: draft.sections.map(({ type, settings }) => ({ type, settings })),
    },
    tokens: Object.fromEntries(tokens),
  };
}

/** The theme's own home, to begin with. */
export function ownHome(theme: ThemeChoice | undefined): PlacedSection[] {
  return (theme?.home ?? []).map((section, at) => placed(section.type, section.settings, String(at)));
}

/** A new section with the values its theme suggests. */
export function newSection(type: SectionType): PlacedSection {
  const settings = type.fields.flatMap((field) =>
    isPlain(field.default) ? [[field.name, field.default] as const] : [],
  );
  return placed(type.type, Object.fromEntries(settings), crypto.randomUUID());
}

export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, at) => at !== from);
  const one = list[from];
  return one === undefined || to < 0 || to >= list.length
    ? [...list]
    : [...rest.slice(0, to), one, ...rest.slice(to)];
}

/** The fields of a section: as its theme describes them, or after the values that stand there. */
export function fieldsOf(type: SectionType | undefined, section: PlacedSection): SectionField[] {
  const described = type?.fields ?? [];
  const others = Object.entries(section.settings)
    .filter(([name]) => !described.some((field) => field.name === name))
    .map(([name, value]) => ({ name, kind: kindOf(value), label: {} }));
  return [...described, ...others];
}

/** A text of the theme's in the panel's language, or what there is. */
export function inLanguage(texts: Record<string, string>, language: string, otherwise: string): string {
  return texts[language] ?? texts[language.split("-")[0] ?? ""] ?? Object.values(texts)[0] ?? otherwise;
}

/** An address as themes take it: of the store itself from its `/` on, or of another place by https. */
export function isAddress(text: string): boolean {
  return /^(\/(?!\/)|https:\/\/)[!-[\]-~]*$/.test(text);
}

function kindOf(value: SettingValue): SectionField["kind"] {
  if (typeof value === "boolean") {
    return "boolean";
  }
  return typeof value === "number" ? "number" : "text";
}

function placed(type: string, settings: Record<string, unknown> | undefined, id: string): PlacedSection {
  const plain = Object.entries(settings ?? {}).filter((pair): pair is [string, SettingValue] =>
    isPlain(pair[1]),
  );
  return { id, type, settings: Object.fromEntries(plain) };
}

function isPlain(value: unknown): value is SettingValue {
  return ["string", "number", "boolean"].includes(typeof value);
}
