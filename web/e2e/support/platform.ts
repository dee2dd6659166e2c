/** Where the platform is, and who its first sysadmin is: by the variables of the platform itself. */
export const platform = new URL(
  `${process.env.PUBLIC_SCHEME ?? "http"}://${needed("BASE_DOMAIN")}:${needed("STORES_HTTP_PORT")}`,
);
export const stripeUrl = needed("STRIPE_API_BASE");
export const mailUrl = needed("ZEPTOMAIL_API_BASE");
export const sysadmin = { email: needed("SYSADMIN_EMAIL"), password: needed("SYSADMIN_PASSWORD") };

function needed(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: source the env file of the running platform first`);
  }
  return value;
}

/** An address of the platform's own host, or of a store's. */
export function at(path: string, slug?: string): string {
  const url = new URL(path, platform);
  url.hostname = slug ? `${slug}.${platform.hostname}` : platform.hostname;
  return url.href;
}

/** The panel at the platform's own host, or at a store's. */
export function panel(path = "/", slug?: string): string {
  return at(`/admin${path}`, slug);
}

/** A name that no other run has. */
export function unique(word: string): string {
  return `${word}-${Date.now().toString(36)}${Math.floor(Math.random() * 1_000)}`;
}
