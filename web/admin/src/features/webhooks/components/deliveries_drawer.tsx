import { Button, Drawer, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { Empty } from "~/ui/table.tsx";
import { type DeliveryView, deliveriesQuery, type EndpointView, resendDelivery } from "../api.ts";

/** What an endpoint was told, and what it answered. */
export function DeliveriesDrawer({ endpoint, onClose }: { endpoint: EndpointView; onClose: () => void }) {
  const { t } = useTranslation();
  const query = useQuery(deliveriesQuery(endpoint.id));
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={<Text fw={600}>{t("webhooks.deliveriesOf", { url: endpoint.url })}</Text>}
    >
      <Loaded query={query}>
        {(list) =>
          list.items.length === 0 ? (
            <Empty title={t("webhooks.noDeliveries")} />
          ) : (
            <ul className="timeline">
              {list.items.map((delivery) => (
                <Delivery key={delivery.id} delivery={delivery} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Drawer>
  );
}

function Delivery({ delivery }: { delivery: DeliveryView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const resending = useSave({
    send: (_, key) => resendDelivery(delivery.id, key),
    done: () => queryClient.invalidateQueries({ queryKey: ["webhooks", "deliveries"] }),
  });
  return (
    <li>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Text size="sm" className="mono">
            {delivery.type}
          </Text>
          <Group gap="sm">
            <StateBadge state={delivery.state} />
            <Text size="xs" c="dimmed">
              {format.dateTime(delivery.created_at)} · {t("webhooks.attempts", { count: delivery.attempts })}
              {delivery.last_status != null && ` · HTTP ${delivery.last_status}`}
            </Text>
          </Group>
          <ProblemNotice problem={resending.problem} />
        </div>
        {may("settings.edit") && (
          <Button
            size="compact-sm"
            variant="default"
            loading={resending.isSaving}
            onClick={() => resending.save()}
          >
            {t("webhooks.resend")}
          </Button>
        )}
      </Group>
    </li>
  );
}
