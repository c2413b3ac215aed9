import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Controller, Module } from '@nestjs/common';
import { Args, Field, GraphQLModule, InputType, Query, Resolver } from '@nestjs/graphql';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { MaxLength } from 'class-validator';
import { type Caller, CurrentCaller, Public } from 'livekit-token-service/auth';

@InputType()
class Greeting {
  @Field(() => String)
  @MaxLength(5)
  text!: string;
}

@Resolver()
class GreetingResolver {
  @Query(() => String)
  whoAmI(@CurrentCaller() caller: Caller): string {
    return caller.kind === 'verified' ? caller.identity : caller.kind;
  }

  @Public()
  @Query(() => String)
  greet(@Args('greeting', { type: () => Greeting }) { text }: Greeting): string {
    return text;
  }
}

@Controller()
class MessagesController {
  @MessagePattern('closed')
  closed(): string {
    return 'closed';
  }

  @Public()
  @MessagePattern('greet')
  greet(@Payload() { text }: Greeting): string {
    return text;
  }

  @Public()
  @MessagePattern('fail')
  fail(): never {
    throw new Error('of this module alone');
  }
}

@Module({
  imports: [
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      playground: false,
      includeStacktraceInErrorResponses: false,
    }),
  ],
  providers: [GreetingResolver],
  controllers: [MessagesController],
})
export class TransportsModule {}
