import type { StoreSettings, StoreSettingsView } from "./store_api.ts";

/** The settings as they are typed: an empty text is a thing that is not said. */
export interface StoreDraft {
  name: string;
  contact_email: string;
  contact_phone: string;
  tax_number: string;
  legal_name: string;
  address: { line1: string; line2: string; postcode: string; city: string; country: string };
  complaints_book_url: string;
  dispute_body: { name: string; url: string };
  /** Null: nobody is asked; empty while it is typed. */
  minimum_age: number | "" | null;
}

export function storeDraft(view: StoreSettingsView): StoreDraft {
  return {
    name: view.name,
    contact_email: view.contact_email,
    contact_phone: view.contact_phone ?? "",
    tax_number: view.tax_number ?? "",
    legal_name: view.legal_name ?? "",
    address: {
      line1: view.address?.line1 ?? "",
      line2: view.address?.line2 ?? "",
      postcode: view.address?.postcode ?? "",
      city: view.address?.city ?? "",
      country: view.address?.country ?? view.country,
    },
    complaints_book_url: view.complaints_book_url ?? "",
    dispute_body: { name: view.dispute_body?.name ?? "", url: view.dispute_body?.url ?? "" },
    minimum_age: view.minimum_age ?? null,
  };
}

/** What is sent. An address of which only the country stands there is none. */
export function storeBody(draft: StoreDraft): StoreSettings {
  const said = (text: string) => text.trim() || null;
  const { line1, line2, postcode, city, country } = draft.address;
  const hasAddress = [line1, line2, postcode, city].some((text) => text.trim() !== "");
  const { name, url } = draft.dispute_body;
  const hasBody = name.trim() !== "" || url.trim() !== "";
  return {
    name: draft.name,
    contact_email: draft.contact_email.trim(),
    contact_phone: said(draft.contact_phone),
    tax_number: said(draft.tax_number),
    legal_name: said(draft.legal_name),
    address: hasAddress
      ? {
          line1: line1.trim(),
          line2: said(line2),
          postcode,
          city: city.trim(),
          country: country.toUpperCase(),
        }
      : null,
    complaints_book_url: said(draft.complaints_book_url),
    dispute_body: hasBody ? { name: name.trim(), url: url.trim() } : null,
    minimum_age: draft.minimum_age === "" ? 0 : draft.minimum_age,
  };
}
