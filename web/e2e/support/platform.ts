/** Where the platform is, and who its first sysadmin is. */
export const platform = new URL(process.env.STORES_URL ?? "http://store.localhost:8080");
export const stripeUrl = process.env.STORES_STRIPE_URL ?? "http://127.0.0.1:9020";
export const sysadmin = {
  email: process.env.STORES_SYSADMIN_EMAIL ?? "sysadmin@store.localhost",
  password: needed("STORES_SYSADMIN_PASSWORD"),
};

function needed(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set; make up prints it`);
  }
  return value;
}

/** The panel at the platform's own host, or at a store's. */
export function panel(path = "/", slug?: string): string {
  const url = new URL(`/admin${path}`, platform);
  url.hostname = slug ? `${slug}.${platform.hostname}` : platform.hostname;
  return url.href;
}

/** A name that no other run has. */
export function unique(word: string): string {
  return `${word}-${Date.now().toString(36)}${Math.floor(Math.random() * 1_000)}`;
}
