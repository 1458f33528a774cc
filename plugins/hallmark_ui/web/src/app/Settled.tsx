/** Waits until Airflow holds on to a component: nothing that is typed or focused is lost then. */
import { useEffect, useState, type PropsWithChildren } from "react";
import { useLocation, useNavigate } from "react-router-dom";

// Names of places that have been mounted since the page was loaded.
const known = new Set<string>();
/** Milliseconds after which it is taken that Airflow will not mount it anew. */
const PATIENCE = 100;

/**
 * Airflow mounts what it has just loaded within a loader, and without it when it draws next, which is at the first change of the
 * address: all would be lost that the user has begun. So the address is changed to itself at once.
 */
export const Settled = ({ children, name }: PropsWithChildren<{ readonly name: string }>) => {
  const navigate = useNavigate();
  const location = useLocation();
  const [settled, setSettled] = useState(() => known.has(name));
  useEffect(() => {
    if (known.has(name)) {
      return undefined;
    }
    known.add(name);
    void navigate(location, { replace: true, state: location.state as unknown });
    const timer = setTimeout(() => {
      setSettled(true);
    }, PATIENCE);
    return () => {
      clearTimeout(timer);
    };
    // Once, when it is first mounted.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return settled ? children : undefined;
};
