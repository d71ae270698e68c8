import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Mascot } from "../../shared/ui/mascot";
import type { ApiError } from "../api/client";
import { errorText, t } from "../locales/texts";
import type { DeskStore } from "../store/desk";
import { LanguageButton } from "./topbar";

export const Login = ({ store }: { store: DeskStore }) => {
  const busy = useSignal(false);
  const problem = useSignal<ApiError | null>(null);
  const password = useRef<HTMLInputElement>(null);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy.value) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const field = (name: string) => {
      const value = form.get(name);
      return typeof value === "string" ? value : "";
    };
    busy.value = true;
    problem.value = null;
    try {
      await store.login(field("login").trim(), field("password"));
    } catch (error) {
      problem.value = error as ApiError;
      password.current?.select();
    } finally {
      busy.value = false;
    }
  };

  return (
    <main class="login">
      <form class="login-card" onSubmit={(event) => void submit(event)}>
        <Mascot size={72} />
        <h1>{t.value.loginTitle}</h1>
        {store.expired.value && !problem.value && <p class="login-note">{t.value.expired}</p>}
        <label>
          {t.value.login}
          <input
            name="login"
            autoComplete="username"
            autoCapitalize="none"
            required
            maxLength={64}
            autoFocus
          />
        </label>
        <label>
          {t.value.password}
          <input ref={password} name="password" type="password" autoComplete="current-password" required />
        </label>
        <p class="login-problem" role="alert">
          {problem.value && errorText(problem.value)}
        </p>
        <button type="submit" class="button primary" disabled={busy.value}>
          {busy.value ? t.value.loggingIn : t.value.logIn}
        </button>
        <LanguageButton />
      </form>
    </main>
  );
};
