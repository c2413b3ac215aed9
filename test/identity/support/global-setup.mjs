/** Finds a Keycloak before Jest runs a suite. Suites read its folder from the environment. */
import { keycloakHome } from './keycloak-home.mjs';

export default async function globalSetup() {
  process.env.KEYCLOAK_HOME = await keycloakHome();
}
