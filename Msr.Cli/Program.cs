return Msr.Cli.Commands.CommandLine.Run(args);
