import { Grid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ordersQuery } from "~/features/orders/api.ts";
import { OrderTable } from "~/features/orders/components/order_table.tsx";
import { useActing } from "~/lib/acting.ts";
import { useMay } from "~/lib/permissions.ts";
import { usePerson } from "~/lib/session.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Empty } from "~/ui/table.tsx";
import { SalesCard } from "./components/sales_card.tsx";
import { SetupCard } from "./components/setup_card.tsx";
import { TodoCard } from "./components/todo_card.tsx";

export function Dashboard() {
  const { t } = useTranslation();
  const person = usePerson();
  const acting = useActing();
  const may = useMay();
  const store = acting?.name ?? person.tenant?.name ?? "";
  const canSeeOrders = may("orders.read");
  return (
    <Page title={t("dashboard.hello", { store })} subtitle={t("dashboard.subtitle")}>
      <SetupCard />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }} order={{ base: 2, md: 1 }}>
          <Stack gap="lg">
            {canSeeOrders && <SalesCard />}
            {canSeeOrders && <NewestOrders />}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }} order={{ base: 1, md: 2 }}>
          <TodoCard />
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function NewestOrders() {
  const { t } = useTranslation();
  const query = useQuery(ordersQuery({}));
  return (
    <Section
      title={t("dashboard.newest")}
      actions={<Link to="/orders">{t("dashboard.allOrders")}</Link>}
      flush
    >
      <Loaded query={query}>
        {(list) =>
          list.items.length === 0 ? (
            <Empty title={t("orders.empty")} text={t("orders.emptyText")} />
          ) : (
            <OrderTable items={list.items.slice(0, 6)} />
          )
        }
      </Loaded>
    </Section>
  );
}
