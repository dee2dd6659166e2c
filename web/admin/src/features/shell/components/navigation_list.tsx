import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useActing } from "~/lib/acting.ts";
import { useMay } from "~/lib/permissions.ts";
import { usePerson } from "~/lib/session.ts";
import { PLATFORM_PLACES, type PlaceGroup, STORE_PLACES } from "../navigation.ts";

/** Where the person can go: a store's places, the platform's, or both while acting in a store. */
export function usePlaces(): PlaceGroup[] {
  const person = usePerson();
  const acting = useActing();
  const may = useMay();
  const allowed = STORE_PLACES.map((group) => ({
    ...group,
    places: group.places.filter((place) => !place.needs || may(place.needs)),
  }));
  if (person.tenant) {
    return allowed.filter((group) => group.places.length > 0);
  }
  return acting ? allowed : PLATFORM_PLACES;
}

export function NavigationList() {
  const { t } = useTranslation();
  const groups = usePlaces();
  return (
    <div>
      {groups.map((group) => (
        <div key={group.title ?? "first"}>
          {group.title && <div className="nav-title">{t(`nav.${group.title}`)}</div>}
          {group.places.map(({ to, name, icon: Icon, exact }) => (
            <Link
              key={to}
              to={to}
              className="nav-link"
              activeOptions={{ exact: exact ?? false, includeSearch: false }}
              activeProps={{ "data-active": true }}
            >
              <Icon size={18} stroke={1.7} aria-hidden />
              {t(`nav.${name}`)}
            </Link>
          ))}
        </div>
      ))}
    </div>
  );
}
