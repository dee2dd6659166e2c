export const PASSWORD_CHARS_MIN = 8;
export const PASSWORD_CHARS_MAX = 128;

export type PasswordFault = "tooShort" | "tooLong" | "different";

/** What is wrong with a new password before it is sent; characters are counted as people count them. */
export function passwordFault(password: string, repeated: string): PasswordFault | null {
  const length = [...password].length;
  if (length < PASSWORD_CHARS_MIN) {
    return "tooShort";
  }
  if (length > PASSWORD_CHARS_MAX) {
    return "tooLong";
  }
  return password === repeated ? null : "different";
}

/** Only ways back within the panel: an address that somebody sent leads nowhere else. */
export function safeNext(next: string | undefined): string {
  const path = next?.startsWith("/admin/") ? next.slice("/admin".length) : next;
  return path?.startsWith("/") && !path.startsWith("//") && !path.startsWith("/\\") ? path : "/";
}
