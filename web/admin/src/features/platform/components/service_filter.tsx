import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { SERVICES, type Service } from "../schema.ts";

export function ServiceFilter({ value, onChange }: { value: Service; onChange: (service: Service) => void }) {
  const { t } = useTranslation();
  return (
    <Select
      w={{ base: "100%", sm: 200 }}
      aria-label={t("platform.service")}
      allowDeselect={false}
      data={[...SERVICES]}
      value={value}
      onChange={(next) => onChange(SERVICES.find((service) => service === next) ?? value)}
    />
  );
}
