import { SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { healthQuery, outboxQuery } from "./api.ts";
import { SERVICES, type Service } from "./schema.ts";

/** What every service last said of itself, and what of its events waits to be told. */
export function Health() {
  const { t } = useTranslation();
  const query = useQuery(healthQuery);
  return (
    <Page
      title={t("nav.health")}
      subtitle={query.data ? <StateBadge state={query.data.status} /> : t("health.subtitle")}
    >
      <Loaded query={query}>
        {({ services }) => (
          <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="lg">
            {SERVICES.map((service) => (
              <ServiceCard key={service} service={service} heartbeat={services[service]} />
            ))}
          </SimpleGrid>
        )}
      </Loaded>
    </Page>
  );
}

interface ServiceCardProps {
  service: Service;
  heartbeat: { status: string; version: string; since: number } | undefined;
}

function ServiceCard({ service, heartbeat }: ServiceCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const outbox = useQuery(outboxQuery(service));
  return (
    <Section title={service} actions={<StateBadge state={heartbeat?.status ?? "silent"} />}>
      <dl className="facts">
        {heartbeat && (
          <>
            <dt>{t("health.since")}</dt>
            <dd>{format.dateTime(new Date(heartbeat.since * 1_000).toISOString())}</dd>
            <dt>{t("health.version")}</dt>
            <dd className="mono">{heartbeat.version}</dd>
          </>
        )}
        {outbox.data && (
          <>
            <dt>{t("health.outbox")}</dt>
            <dd>
              {format.number(outbox.data.waiting)}
              {outbox.data.waiting > 0 && (
                <Text component="span" size="sm" c="dimmed">
                  {" "}
                  · {t("health.age", { seconds: outbox.data.oldest_age_seconds })}
                </Text>
              )}
            </dd>
          </>
        )}
      </dl>
    </Section>
  );
}
