/** Settings of a team, read and validated here and provided by Nest's ConfigModule. */
import { type ConfigType, registerAs } from '@nestjs/config';

export const hostsConfig = registerAs('hosts', () => {
  const { HOSTS_CLAIM = 'groups', HOSTS_VALUE = 'hosts' } = process.env;
  if (HOSTS_CLAIM === '' || HOSTS_VALUE === '') throw new Error('HOSTS_CLAIM and HOSTS_VALUE must not be empty.');
  return { claim: HOSTS_CLAIM, value: HOSTS_VALUE };
});

export type HostsConfig = ConfigType<typeof hostsConfig>;
