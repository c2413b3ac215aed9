/**
 * The clients that `LiveKitModule` provides, for applications of CommonJS: their `require('livekit-server-sdk')` has other classes of the same
 * names, which nothing provides.
 */
export { AgentDispatchClient, EgressClient, IngressClient, RoomServiceClient, SipClient } from 'livekit-server-sdk';
