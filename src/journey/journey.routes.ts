export const JOURNEY_PATH = 'access/journey';
export const OPERATOR_JOURNEY_PATH = 'livekit/journey';
