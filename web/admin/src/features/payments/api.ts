import { queryOptions } from "@tanstack/react-query";
import { ProblemError, type payments } from "@virtual-stores/api-client";
import { answered, api } from "~/lib/api.ts";

export type PaymentView = payments.components["schemas"]["PaymentView"];
export type AccountView = payments.components["schemas"]["AccountView"];

export const paymentsQuery = (after: string | undefined) =>
  queryOptions({
    queryKey: ["payments", "list", after],
    queryFn: ({ signal }) => {
      const query = { after, limit: 25 };
      return answered(api.GET("/api/payments/admin/payments", { params: { query }, signal }));
    },
    placeholderData: (before) => before,
  });

export const paymentQuery = (id: string) =>
  queryOptions({
    queryKey: ["payments", "one", id],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/payments/admin/payments/{id}", { params: { path: { id } }, signal })),
  });

/** Null: the store has no account yet. */
export const accountQuery = queryOptions({
  queryKey: ["payments", "account"],
  queryFn: async ({ signal }): Promise<AccountView | null> => {
    try {
      return await answered(api.GET("/api/payments/admin/account", { signal }));
    } catch (error) {
      if (error instanceof ProblemError && error.status === 404) {
        return null;
      }
      throw error;
    }
  },
});

/** The address at Stripe where the owner goes on; the account is made when there is none. */
export async function beginOnboarding(): Promise<string> {
  return (await answered(api.POST("/api/payments/admin/account/link"))).url;
}
