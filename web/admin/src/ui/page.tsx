import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link, type LinkProps } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";

interface PageProps {
  title: string;
  subtitle?: ReactNode;
  actions?: ReactNode;
  back?: { to: LinkProps["to"]; label: string };
  children: ReactNode;
}

/** A page's head and its parts below each other. */
export function Page({ title, subtitle, actions, back, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Virtual Stores`;
  }, [title]);
  return (
    <Stack gap="lg" maw={1180} mx="auto" w="100%">
      <div>
        {back && (
          <Anchor component={Link} to={back.to} size="sm" c="dimmed">
            <Group gap={4} component="span" mb={6}>
              <IconArrowLeft size={15} aria-hidden />
              {back.label}
            </Group>
          </Anchor>
        )}
        <Group justify="space-between" align="flex-start" gap="md">
          <div>
            <Title order={1}>{title}</Title>
            {subtitle && (
              <Text component="div" c="dimmed" size="sm" mt={4}>
                {subtitle}
              </Text>
            )}
          </div>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      </div>
      {children}
    </Stack>
  );
}

interface SectionProps {
  title?: string;
  text?: ReactNode;
  actions?: ReactNode;
  foot?: ReactNode;
  /** For tables, which bring their own spacing. */
  flush?: boolean;
  children: ReactNode;
}

/** A card with a heading. */
export function Section({ title, text, actions, foot, flush, children }: SectionProps) {
  const isHeaded = title !== undefined || actions !== undefined;
  return (
    <section className="card">
      {isHeaded && (
        <Group
          justify="space-between"
          align="flex-start"
          px={{ base: "md", sm: 20 }}
          pt="md"
          pb={flush ? "xs" : 0}
        >
          <div>
            {title && <Title order={2}>{title}</Title>}
            {text && (
              <Text c="dimmed" size="sm" mt={2} maw={620}>
                {text}
              </Text>
            )}
          </div>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      )}
      <div className={flush ? undefined : "card-body"}>{children}</div>
      {foot && <div className="card-foot">{foot}</div>}
    </section>
  );
}
