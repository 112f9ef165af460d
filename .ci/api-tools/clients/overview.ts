// Reads an overview with the generated client, as an app would.
import { Configuration, UnifiedHealthApi, ResponseError } from './client';

declare const process: { env: Record<string, string>; exitCode: number };

async function main(): Promise<void> {
  const api = new UnifiedHealthApi(new Configuration({ basePath: process.env.ORIGIN, apiKey: () => 'sandbox-key' }));
  const day = await api.getUnifiedOverview({ userId: 'demo-anna' });
  const value = day.metrics['heart_rate.resting'];
  if (!value || value.unit !== 'bpm' || !day.enhancedWithWhoop) throw new Error('no resting heart rate of both sources');
  try {
    await api.getUnifiedOverview({ userId: 'nobody-by-this-id' });
    throw new Error('nobody was known');
  } catch (error) {
    if (!(error instanceof ResponseError) || error.response.status !== 404) throw error;
  }
  console.log(`TypeScript: ${Object.keys(day.metrics).length} metrics read`);
}

main().catch(error => { console.error(error); process.exitCode = 1; });
