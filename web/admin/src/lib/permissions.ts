import { useActing } from "~/lib/acting.ts";
import { usePerson } from "~/lib/session.ts";

export type Permission =
  | "catalog.read"
  | "catalog.edit"
  | "stock.read"
  | "stock.edit"
  | "orders.read"
  | "orders.edit"
  | "orders.refund"
  | "customers.read"
  | "payments.read"
  | "payments.manage"
  | "invoices.read"
  | "invoices.manage"
  | "settings.read"
  | "settings.edit"
  | "staff.manage"
  | "audit.read"
  | "imports.manage";

/** What may be shown. The services decide anew at each request. */
export function useMay(): (permission: Permission) => boolean {
  const person = usePerson();
  const acting = useActing();
  return (permission) => {
    if (person.tenant) {
      return person.permissions.includes(permission);
    }
    return acting !== null && (person.role === "sysadmin" || permission.endsWith(".read"));
  };
}
