/** Builds the service, and finds a LiveKit server and a Keycloak, before Jest runs a suite. */
import keycloak from '../../identity/support/global-setup.mjs';
import livekit from '../../livekit/support/global-setup.mjs';
import build from '../../support/build.setup.mjs';

export default async function globalSetup() {
  build();
  await livekit();
  await keycloak();
}
