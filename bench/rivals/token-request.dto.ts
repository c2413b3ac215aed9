/** What the Nest servers check by `ValidationPipe`. */
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

export class TokenRequestDto {
  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  roomName!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  participantName!: string;
}
