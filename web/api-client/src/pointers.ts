import type { FieldProblem } from "./problem.ts";

/** The first message of each field, by its JSON pointer. */
export function pointerMap(fields: readonly FieldProblem[]): Record<string, string> {
  const messages: Record<string, string> = {};
  for (const { pointer, message } of fields) {
    const at = pointer.startsWith("/") || pointer === "" ? pointer : `/${pointer}`;
    messages[at] ??= message;
  }
  return messages;
}
