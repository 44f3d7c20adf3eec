return Msr.Cli.CommandLine.Run(args);
