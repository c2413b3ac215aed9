/** The body of POST /waiting-rooms/:room/admissions. */
import { IsNotEmpty, IsString } from 'class-validator';

export class AdmissionDto {
  @IsNotEmpty()
  @IsString()
  identity!: string;
}
