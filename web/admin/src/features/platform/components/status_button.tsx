import { Button, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSave } from "~/lib/save.ts";
import { Confirm } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { type Reason, resumeTenant, suspendTenant, type TenantView, tenantChanged } from "../api.ts";
import { REASONS } from "../schema.ts";

/** Suspends a store that sells, and lets a suspended one sell again. */
export function StatusButton({ tenant }: { tenant: TenantView }) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState<Reason>("billing");
  const isActive = tenant.status === "active";
  const saving = useSave<void, TenantView>({
    send: () => (isActive ? suspendTenant(tenant.id, reason) : resumeTenant(tenant.id)),
    done: (saved) => {
      tenantChanged(saved);
      setAsking(false);
    },
  });
  if (!isActive && tenant.status !== "suspended") {
    return null;
  }
  return (
    <>
      <Button variant={isActive ? "default" : "filled"} onClick={() => setAsking(true)}>
        {isActive ? t("tenants.suspend") : t("tenants.resume")}
      </Button>
      <Confirm
        opened={isAsking}
        isDangerous={isActive}
        title={
          isActive
            ? t("tenants.suspendTitle", { name: tenant.name })
            : t("tenants.resumeTitle", { name: tenant.name })
        }
        confirm={isActive ? t("tenants.suspend") : t("tenants.resume")}
        isBusy={saving.isSaving}
        onConfirm={saving.save}
        onClose={() => setAsking(false)}
      >
        <Stack>
          <Text size="sm">{isActive ? t("tenants.suspendText") : t("tenants.resumeText")}</Text>
          {isActive && (
            <Select
              label={t("tenants.reason")}
              allowDeselect={false}
              data={REASONS.map((value) => ({ value, label: t(`reasons.${value}`) }))}
              value={reason}
              onChange={(value) => setReason(REASONS.find((known) => known === value) ?? reason)}
            />
          )}
          <ProblemNotice problem={saving.problem} />
        </Stack>
      </Confirm>
    </>
  );
}
