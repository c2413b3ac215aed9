import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsDate, IsString, Length } from 'class-validator';

export class MeetingDto {
  @IsString()
  @Length(1, 100)
  room!: string;

  @IsDate()
  @Type(() => Date)
  startsAt!: Date;

  @IsDate()
  @Type(() => Date)
  endsAt!: Date;

  @IsArray()
  @ArrayMaxSize(500)
  @IsString({ each: true })
  members!: string[];
}
