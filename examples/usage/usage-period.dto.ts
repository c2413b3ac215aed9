import { Type } from 'class-transformer';
import { IsDate, IsOptional } from 'class-validator';

/** The query of GET /usage, in ISO 8601. */
export class UsagePeriodDto {
  @IsOptional()
  @IsDate()
  @Type(() => Date)
  from?: Date;

  /** Now by default. A time in the future counts as now. */
  @IsOptional()
  @IsDate()
  @Type(() => Date)
  to?: Date;
}
