using System.Globalization;
using WgDynamic.Bench;

int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);
double Seconds(int index) => double.Parse(args[index], CultureInfo.InvariantCulture);

switch (args)
{
    case ["echo", var link, _]:
        await EchoServer.RunAsync(link, Number(2));
        break;
    case ["uapi", var link, _, _]:
        new UapiResponder(Number(2), Number(3)).Run(link);
        break;
    case ["load", var link, _, var mode, _, _, _, _, var families]:
        await new Load(new LoadOptions(link, Number(2), mode, Number(4), Seconds(5), Number(6), Number(7), families == "both")).RunAsync();
        break;
    case ["fdatasync", var directory, _, _]:
        DiskRate.Run(directory, Number(2), Seconds(3));
        break;
    case ["fill", var path, _]:
        await DatabaseFill.RunAsync(path, Number(2));
        break;
    case ["start", var program, .. var arguments]:
        await StartCost.RunAsync(program, arguments);
        break;
    case ["pools", .. var rest]:
        PoolCost.Run(quick: rest is ["quick"]);
        break;
    default:
        Console.Error.WriteLine("""
            echo INTERFACE PORT
            uapi INTERFACE PEERS LEASED
            load INTERFACE PORT renew|grant|connect SESSIONS SECONDS FIRST-PEER PEERS both|ipv4
            fdatasync DIRECTORY RECORDS-AT-ONCE SECONDS
            fill DATABASE LEASES
            start SERVER ARGUMENT...
            pools [quick]
            """);
        return 2;
}

return 0;
