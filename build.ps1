# Builds and tests: the dotnet call that .ci/run makes too. Works in Windows PowerShell 5.1 and PowerShell 7.
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot
dotnet test -c Release
exit $LASTEXITCODE
