import { Button, Drawer, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { Loaded } from "~/ui/query.tsx";
import { Empty } from "~/ui/table.tsx";
import { type MovementView, movementsQuery, type StockRow } from "../api.ts";

/** The ledger of a variant: every change adds up to what is there. */
export function MovementsDrawer({ row, onClose }: { row: StockRow; onClose: () => void }) {
  const { t } = useTranslation();
  const query = useInfiniteQuery(movementsQuery(row.variant_id));
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      title={<Text fw={600}>{t("stock.movementsOf", { sku: row.sku })}</Text>}
    >
      <Loaded query={query}>
        {({ pages }) => {
          const movements = pages.flatMap((page) => page.items);
          if (movements.length === 0) {
            return <Empty title={t("stock.noMovements")} />;
          }
          return (
            <Stack>
              <ul className="timeline">
                {movements.map((movement) => (
                  <Movement key={movement.id} movement={movement} />
                ))}
              </ul>
              {query.hasNextPage && (
                <Button
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => query.fetchNextPage()}
                >
                  {t("table.more")}
                </Button>
              )}
            </Stack>
          );
        }}
      </Loaded>
    </Drawer>
  );
}

function Movement({ movement }: { movement: MovementView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const signed = (value: number) => (value > 0 ? `+${format.number(value)}` : format.number(value));
  return (
    <li>
      <Text size="sm" fw={550}>
        {t(`movements.${movement.kind}` as "movements.sold", movement.kind)}{" "}
        {movement.on_hand !== 0 && <span className="num">{signed(movement.on_hand)}</span>}
        {movement.reserved !== 0 && (
          <Text component="span" size="sm" c="dimmed" fw={400}>
            {" "}
            ({t("stock.reservedChange", { change: signed(movement.reserved) })})
          </Text>
        )}
      </Text>
      {movement.reason && <Text size="sm">{movement.reason}</Text>}
      <Text size="xs" c="dimmed">
        {format.dateTime(movement.at)}
        {movement.order_id && (
          <>
            {" · "}
            <Link to="/orders/$id" params={{ id: movement.order_id }}>
              {t("stock.seeOrder")}
            </Link>
          </>
        )}
      </Text>
    </li>
  );
}
