import { IsNotEmpty, IsString, Length } from 'class-validator';

/** The body of POST /waiting-rooms/:room/admissions. */
export class AdmissionDto {
  @IsNotEmpty()
  @IsString()
  identity!: string;
}

/** The data of the messages `wait` and `watch`. */
export class RoomDto {
  @IsString()
  @Length(1, 256)
  room!: string;
}
