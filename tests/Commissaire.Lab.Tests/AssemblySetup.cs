using System.Runtime.CompilerServices;
using Commissaire.Lab.Machine;

namespace Commissaire.Lab.Tests;

internal static class AssemblySetup
{
    [ModuleInitializer]
    public static void Run() => ProcessDefaults.RestoreForTests();
}
